package org.convoy.kernels;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.convoy.image.codec.EncodedImage;
import org.convoy.image.codec.ImageDecoder;
import org.convoy.image.codec.Raster;
import org.convoy.image.device.NvjpegDecoders;
import org.convoy.kernels.cuda.Nvjpeg;

/**
 * Decodes photographs by nvJPEG, each twice, and by libjpeg-turbo, for {@code deploy/device/check}.
 * It fails if nvJPEG does not repeat its pixels, decodes none, or differs by more than its rounding
 * explains. Prints a line of JSON.
 */
public final class DeviceJpegs {
  /** Of 255, on average over a photograph: another picture differs by tens. */
  private static final double MOST = 3;

  private double sum;
  private long values;
  private double most;

  private DeviceJpegs() {}

  /**
   * @param args backend, a folder of JPEGs
   */
  public static void main(String[] args) throws IOException {
    Nvjpeg library = Nvjpeg.open(Backends.get(args[0]).device().orElseThrow());
    try (NvjpegDecoders decoders = new NvjpegDecoders(library)) {
      new DeviceJpegs().compare(decoders, Path.of(args[1]));
    }
  }

  private void compare(NvjpegDecoders decoders, Path folder) throws IOException {
    long nanos = 0;
    try (ImageDecoder host = new ImageDecoder();
        ImageDecoder gpu = new ImageDecoder(decoders.open());
        Raster expected = new Raster();
        Raster found = new Raster()) {
      for (Path file : DeviceFeed.files(folder)) {
        byte[] bytes = Files.readAllBytes(file);
        EncodedImage image = host.open(file.toString(), bytes);
        host.decode(image, 3, expected);
        gpu.decode(image, 3, found);
        byte[] once = found.pixels().clone();
        long start = System.nanoTime();
        gpu.decode(image, 3, found);
        nanos += System.nanoTime() - start;
        add(file, expected, found, once);
      }
    }
    System.out.printf(
        Locale.ROOT,
        "{\"nvjpeg\": \"%s\", \"decoded\": %d, \"left_to_host\": %d, \"mean_difference\": %.3f, \"largest_mean_difference\": %.3f, \"images_per_second_of_a_thread\": %.1f}%n",
        decoders.version(),
        decoders.decoded() / 2,
        decoders.leftOut() / 2,
        sum / values,
        most,
        (decoders.decoded() + decoders.leftOut()) / 2 / (nanos * 1e-9));
    if (decoders.decoded() == 0) {
      throw new IllegalStateException("nvJPEG decoded nothing");
    }
  }

  private void add(Path file, Raster expected, Raster found, byte[] once) {
    int size = expected.size();
    long difference = 0;
    for (int i = 0; i < size; i++) {
      if (found.pixels()[i] != once[i]) {
        throw new IllegalStateException(file + ": other pixels when it is decoded again");
      }
      difference += Math.abs((expected.pixels()[i] & 0xff) - (found.pixels()[i] & 0xff));
    }
    sum += difference;
    values += size;
    most = Math.max(most, (double) difference / size);
    if (most > MOST) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "%s: expected pixels within %.1f of libjpeg-turbo's on average, got %.1f",
              file,
              MOST,
              most));
    }
  }
}
