package org.convoy.kernels.cudnn;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.convoy.graph.Activate;

/**
 * What a convolution does with its result before it writes it: {@code f(y + bias + addend)}, then
 * sums over each channel.
 *
 * @param bias whether a number for each channel is added
 * @param addend whether a tensor like the result is added
 * @param activation applied last
 * @param moments whether the sums of the written numbers and of their squares are taken
 */
record Epilogue(boolean bias, boolean addend, Optional<Activate> activation, boolean moments) {
  static final Epilogue NONE = new Epilogue(false, false, Optional.empty(), false);

  static final Epilogue MOMENTS = new Epilogue(false, false, Optional.empty(), true);

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
    if (moments) {
      words.add("moments");
    }
    return String.join(", ", words);
  }
}
