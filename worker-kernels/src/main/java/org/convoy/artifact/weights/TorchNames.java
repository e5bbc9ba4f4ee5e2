package org.convoy.artifact.weights;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.convoy.artifact.ElementType;
import org.convoy.pickle.PickleFunctions;
import org.convoy.pickle.PickleValue;
import org.convoy.pickle.PickleValue.Dictionary;
import org.convoy.pickle.PickleValue.Name;
import org.convoy.pickle.PickleValue.Sequence;
import org.convoy.pickle.PickleValue.Text;
import org.convoy.pickle.PickleValue.Whole;

/**
 * The names of Python that a file of tensors may refer to, and what stands for a call of each:
 * rebuilt tensors, parameters, ordered dictionaries and sizes.
 */
final class TorchNames implements PickleFunctions {
  private static final String TENSOR = "torch._utils._rebuild_tensor_v2";
  private static final String PARAMETER = "torch._utils._rebuild_parameter";
  private static final String ORDERED = "collections.OrderedDict";
  private static final String SIZE = "torch.Size";

  private static final Map<String, ElementType> STORAGES =
      Map.of(
          "torch.FloatStorage", ElementType.F32,
          "torch.DoubleStorage", ElementType.F64,
          "torch.HalfStorage", ElementType.F16,
          "torch.BFloat16Storage", ElementType.BF16,
          "torch.LongStorage", ElementType.I64,
          "torch.IntStorage", ElementType.I32,
          "torch.ShortStorage", ElementType.I16,
          "torch.CharStorage", ElementType.I8,
          "torch.ByteStorage", ElementType.U8,
          "torch.BoolStorage", ElementType.BOOL);

  /**
   * The bytes of tensors, which lie in another entry of the archive.
   *
   * @param type Python's class, for example {@code torch.FloatStorage}
   * @param key the name of the entry
   * @param elements number of elements
   */
  record Storage(String type, String key, long elements) implements PickleValue.Made {}

  /**
   * A view of a storage.
   *
   * @param offset of the first element
   * @param shape outermost dimension first
   * @param strides distance of neighbours in each dimension, in elements
   */
  record Strided(Storage storage, long offset, List<Long> shape, List<Long> strides)
      implements PickleValue.Made {}

  @Override
  public boolean knows(String name) {
    return STORAGES.containsKey(name) || List.of(TENSOR, PARAMETER, ORDERED, SIZE).contains(name);
  }

  @Override
  public String expected() {
    return "no tensor: expected a file of tensors alone (in Python:"
        + " torch.save(model.state_dict(), ...))";
  }

  /** The element type of a storage class. */
  static Optional<ElementType> elements(String storage) {
    return Optional.ofNullable(STORAGES.get(storage));
  }

  /** ('storage', class, key, place, elements) */
  @Override
  public Optional<PickleValue> outside(PickleValue id) {
    return id instanceof Sequence tuple
            && tuple.items().size() == 5
            && tuple.items().get(1) instanceof Name type
            && tuple.items().get(2) instanceof Text key
            && tuple.items().get(4) instanceof Whole elements
        ? Optional.of(new Storage(type.value(), key.value(), elements.value()))
        : Optional.empty();
  }

  @Override
  public Optional<PickleValue> call(String function, List<PickleValue> arguments) {
    return switch (function) {
      case TENSOR -> tensor(arguments);
      case PARAMETER ->
          arguments.isEmpty() || !(arguments.get(0) instanceof Strided tensor)
              ? Optional.empty()
              : Optional.of(tensor);
      case ORDERED -> arguments.isEmpty() ? Optional.of(new Dictionary()) : Optional.empty();
      case SIZE -> arguments.size() == 1 ? Optional.of(arguments.get(0)) : Optional.empty();
      default -> Optional.empty();
    };
  }

  /** (storage, offset, shape, strides, requires_grad, hooks) */
  private static Optional<PickleValue> tensor(List<PickleValue> arguments) {
    if (arguments.size() >= 4
        && arguments.get(0) instanceof Storage storage
        && arguments.get(1) instanceof Whole offset) {
      Optional<List<Long>> shape = naturals(arguments.get(2));
      Optional<List<Long>> strides = naturals(arguments.get(3));
      if (shape.isPresent()
          && strides.isPresent()
          && shape.get().size() == strides.get().size()
          && offset.value() >= 0) {
        return Optional.of(new Strided(storage, offset.value(), shape.get(), strides.get()));
      }
    }
    return Optional.empty();
  }

  private static Optional<List<Long>> naturals(PickleValue value) {
    if (!(value instanceof Sequence tuple)) {
      return Optional.empty();
    }
    List<Long> numbers = new ArrayList<>();
    for (PickleValue each : tuple.items()) {
      if (!(each instanceof Whole number) || number.value() < 0) {
        return Optional.empty();
      }
      numbers.add(number.value());
    }
    return Optional.of(List.copyOf(numbers));
  }
}
