package org.convoy.kernels.cuda;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.SizeTPointer;

/** CUDA's run-time compiler. It needs no GPU. */
public final class Nvrtc {
  private static final List<String> NAMES = List.of("libnvrtc.so.13", "libnvrtc.so.12");
  private static final int SUCCESS = 0;

  private final ForeignLibrary library;

  private Nvrtc(ForeignLibrary library) {
    this.library = library;
  }

  /**
   * @throws UnsupportedOperationException if the machine has none
   */
  public static Nvrtc open() {
    return new Nvrtc(
        ForeignLibrary.open(
            "CUDA's run-time compiler NVRTC, 12 or 13, of the CUDA toolkit", NAMES));
  }

  /** For example {@code 13.0}. */
  public String version() {
    try (IntPointer numbers = new IntPointer(2)) {
      check("nvrtcVersion", library.call("nvrtcVersion", numbers.address(), at(numbers, 4)));
      return numbers.get(0) + "." + numbers.get(1);
    }
  }

  /**
   * Compiles Convoy's own kernels into machine code.
   *
   * @param architecture for example {@code sm_90}
   * @throws IllegalStateException if they do not compile; the message has the compiler's own
   */
  public byte[] compile(String architecture) {
    List<Pointer> texts = new ArrayList<>();
    try (LongPointer program = new LongPointer(1)) {
      PointerPointer<Pointer> sources = pointers(texts, KernelSource.HEADERS, true);
      PointerPointer<Pointer> names = pointers(texts, KernelSource.HEADERS, false);
      check(
          "nvrtcCreateProgram",
          library.call(
              "nvrtcCreateProgram",
              program.address(),
              text(texts, KernelSource.text(KernelSource.MAIN)),
              text(texts, KernelSource.MAIN),
              KernelSource.HEADERS.size(),
              sources.address(),
              names.address()));
      // Products and sums are rounded one by one, as on the host.
      List<String> options =
          List.of(
              "--std=c++17",
              "--fmad=false",
              "--device-as-default-execution-space", // for functions without a name
              "--gpu-architecture=" + architecture);
      PointerPointer<Pointer> given = pointers(texts, options, false);
      int status =
          library.call("nvrtcCompileProgram", program.get(), options.size(), given.address());
      if (status != SUCCESS) {
        throw new IllegalStateException(
            String.format(
                Locale.ROOT,
                "NVRTC %s cannot compile Convoy's kernels for %s: %s",
                version(),
                architecture,
                log(program.get())));
      }
      byte[] code = output(program.get(), "nvrtcGetCUBIN");
      check("nvrtcDestroyProgram", library.call("nvrtcDestroyProgram", program.address()));
      return code;
    } finally {
      texts.forEach(Pointer::close);
    }
  }

  private String log(long program) {
    return new String(output(program, "nvrtcGetProgramLog"), StandardCharsets.UTF_8).trim();
  }

  private byte[] output(long program, String function) {
    try (SizeTPointer size = new SizeTPointer(1)) {
      check(function, library.call(function + "Size", program, size.address()));
      try (BytePointer bytes = new BytePointer(Math.max(1, size.get()))) {
        check(function, library.call(function, program, bytes.address()));
        byte[] result = new byte[(int) size.get()];
        bytes.get(result);
        return result;
      }
    }
  }

  private static PointerPointer<Pointer> pointers(
      List<Pointer> texts, List<String> values, boolean files) {
    PointerPointer<Pointer> result = new PointerPointer<>(values.size());
    for (int i = 0; i < values.size(); i++) {
      BytePointer text = new BytePointer(files ? KernelSource.text(values.get(i)) : values.get(i));
      texts.add(text);
      result.put(i, text);
    }
    texts.add(result);
    return result;
  }

  private static long text(List<Pointer> texts, String value) {
    BytePointer text = new BytePointer(value);
    texts.add(text);
    return text.address();
  }

  private static long at(Pointer pointer, long bytes) {
    return pointer.address() + bytes;
  }

  private void check(String what, int status) {
    if (status != SUCCESS) {
      long text = library.value("nvrtcGetErrorString", status);
      throw new IllegalStateException(what + ": " + Addresses.text(text));
    }
  }
}
