package org.convoy.kernels.cudnn;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.convoy.graph.Activate;

/**
 * What a convolution does with its result before it writes it: {@code f(y + bias + addend)}.
 *
 * @param bias whether a number for each channel is added
 * @param addend whether a tensor like the result is added
 * @param activation applied last
 */
record Epilogue(boolean bias, boolean addend, Optional<Activate> activation) {
  static final Epilogue NONE = new Epilogue(false, false, Optional.empty());

  /** For example {@code bias, relu}; empty for none. */
  String word() {
    List<String> words = new ArrayList<>();
    if (bias) {
      words.add("bias");
    }
    if (addend) {
      words.add("addend");
    }
    activation.map(Activate::word).ifPresent(words::add);
    return String.join(", ", words);
  }
}
