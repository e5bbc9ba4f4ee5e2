package org.convoy.image.codec;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.convoy.ChildJvm;
import org.junit.jupiter.api.Test;

/**
 * No image file ends the process, hangs it or takes memory without bound. Files in all formats are
 * damaged and decoded in a separate process; {@code -Dconvoy.fuzz.files=20000} tries more of them
 * and {@code -Dconvoy.fuzz.seed=2} others.
 */
class FuzzTest {
  @Test
  void noFileEndsTheProcess() throws Exception {
    int files = Integer.getInteger(FuzzedDecoder.FILES, 2000);
    long seed = Long.getLong(FuzzedDecoder.SEED, 20);
    List<String> lines =
        ChildJvm.run(
            FuzzedDecoder.class,
            Map.of(),
            "-Xmx256m",
            "-Dorg.bytedeco.javacpp.maxphysicalbytes=0",
            "-D" + FuzzedDecoder.FILES + "=" + files,
            "-D" + FuzzedDecoder.SEED + "=" + seed);
    String text = lines.stream().collect(Collectors.joining("\n"));
    System.out.println(text);
    assertTrue(text.contains("seed " + seed + ": " + files + " files"), text);
  }
}
