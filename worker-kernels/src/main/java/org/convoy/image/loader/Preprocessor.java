package org.convoy.image.loader;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.bytedeco.javacpp.FloatPointer;
import org.convoy.image.codec.EncodedImage;
import org.convoy.image.codec.ImageDecodeException;
import org.convoy.image.codec.ImageDecoder;
import org.convoy.image.codec.JpegReplacement;
import org.convoy.image.codec.Raster;
import org.convoy.image.codec.Window;
import org.convoy.image.transform.CounterRandom;
import org.convoy.image.transform.Edit;
import org.convoy.image.transform.Placement;
import org.convoy.image.transform.Preprocessing;
import org.convoy.image.transform.RasterEditor;
import org.convoy.image.transform.ReducedPlacement;
import org.convoy.image.transform.Transform;

/**
 * Carries out a {@link Preprocessing}: it turns file bytes into normalised floats (channels,
 * height, width), on the Java heap or in native memory. It owns a decoder and scratch images. Only
 * one thread at a time may use it.
 */
public final class Preprocessor implements AutoCloseable {
  /** Nothing is drawn for an evaluation. */
  private static final CounterRandom NO_DRAWS = CounterRandom.ofSeed(0);

  private final Preprocessing preprocessing;
  private final DecodingBudget budget;
  private final Decoding decoding;
  private final ImageDecoder decoder;
  private final RasterEditor editor;
  private final Packer packer;
  private final Raster decoded = new Raster();
  private final long[] nanos = new long[Stage.values().length];

  /** A preprocessor with its own memory for decoding. */
  public Preprocessor(Preprocessing preprocessing) {
    this(preprocessing, Decoding.EXACT);
  }

  /** A preprocessor with its own memory that decodes training samples in this way. */
  public Preprocessor(Preprocessing preprocessing, Decoding decoding) {
    this(
        preprocessing,
        new DecodingBudget(LoaderOptions.decodingBytes(1)),
        decoding,
        Optional.empty());
  }

  /**
   * One of several preprocessors that share a budget of memory for decoding.
   *
   * @param jpegs decodes JPEGs in the place of libjpeg-turbo; from now on owned
   */
  Preprocessor(
      Preprocessing preprocessing,
      DecodingBudget budget,
      Decoding decoding,
      Optional<JpegReplacement> jpegs) {
    if (decoding == Decoding.NVJPEG && jpegs.isEmpty()) {
      throw new IllegalArgumentException("expected nvJPEG to decode with, got none");
    }
    this.decoder = new ImageDecoder(jpegs);
    this.preprocessing = preprocessing;
    this.decoding = decoding;
    this.budget = budget;
    editor = new RasterEditor(preprocessing.normalisation());
    packer = new Packer(preprocessing);
  }

  /**
   * Makes a training sample, with augmentation.
   *
   * @param name name of the image in error messages
   * @param sample the stream of this sample in this epoch, {@link CounterRandom#forSample}; each
   *     transform draws from its own split of it
   * @param out receives channels * height * width floats from {@code offset}
   * @throws ImageDecodeException if the bytes are not a complete image, if the image has another
   *     size after the transforms, or if there is no memory for it
   * @throws InterruptedException if interrupted while it waits for memory
   */
  public void train(String name, byte[] file, CounterRandom sample, float[] out, int offset)
      throws ImageDecodeException, InterruptedException {
    process(
        name,
        file,
        preprocessing.training(),
        decoding,
        sample,
        View.SHARED,
        image -> packer.normalise(image, out, offset));
  }

  /** Makes a training sample in native memory, at a pointer whose position is 0. */
  public void train(String name, byte[] file, CounterRandom sample, FloatPointer out)
      throws ImageDecodeException, InterruptedException {
    process(
        name,
        file,
        preprocessing.training(),
        decoding,
        sample,
        View.SHARED,
        image -> packer.pack(image, out));
  }

  /** Makes a view of a training sample in a batch. */
  void train(
      String name, byte[] file, CounterRandom sample, View view, BatchBuffer batch, int index)
      throws ImageDecodeException, InterruptedException {
    process(
        name, file, preprocessing.training(), decoding, sample, view, batch.place(index, packer));
  }

  /** Makes a sample for validation or prediction; see {@link #train}. */
  public void evaluate(String name, byte[] file, float[] out, int offset)
      throws ImageDecodeException, InterruptedException {
    evaluate(name, file, image -> packer.normalise(image, out, offset));
  }

  /** Makes a sample for validation or prediction in native memory. */
  public void evaluate(String name, byte[] file, FloatPointer out)
      throws ImageDecodeException, InterruptedException {
    evaluate(name, file, image -> packer.pack(image, out));
  }

  /** Makes a sample for validation or prediction in a batch. */
  void evaluate(String name, byte[] file, BatchBuffer batch, int index)
      throws ImageDecodeException, InterruptedException {
    evaluate(name, file, batch.place(index, packer));
  }

  private void evaluate(String name, byte[] file, Destination destination)
      throws ImageDecodeException, InterruptedException {
    process(
        name, file, preprocessing.evaluation(), Decoding.EXACT, NO_DRAWS, View.SHARED, destination);
  }

  private void process(
      String name,
      byte[] file,
      List<Transform> transforms,
      Decoding how,
      CounterRandom sample,
      View view,
      Destination destination)
      throws ImageDecodeException, InterruptedException {
    long start = System.nanoTime();
    EncodedImage encoded = decoder.open(name, file);
    List<Edit> edits = decide(encoded, transforms, sample, view);
    spent(Stage.OPEN, start);
    try (DecodingBudget.Share share = budget.take(bytes(encoded, edits))) {
      start = System.nanoTime();
      Raster image = decode(encoded, edits, how);
      start = spent(Stage.DECODE, start);
      int next = 0;
      while (next < edits.size() && !destination.takes(image, edits.subList(next, edits.size()))) {
        start = spent(Stage.PACK, start);
        boolean resizes = moves(edits.get(next), image);
        image = edits.get(next).apply(image, editor);
        start = spent(resizes ? Stage.RESIZE : Stage.AUGMENT, start);
        next++;
      }
      if (next == edits.size()) {
        destination.put(image);
      }
      spent(Stage.PACK, start);
    } finally {
      decoded.releaseIfLarge();
      editor.releaseIfLarge();
    }
  }

  /**
   * Decodes what the first edit needs. Where that is a part of the image, the edit is replaced by
   * one of that part.
   */
  private Raster decode(EncodedImage encoded, List<Edit> edits, Decoding how)
      throws ImageDecodeException {
    int channels = preprocessing.channels();
    Optional<Window> window = window(encoded, edits);
    if (window.isEmpty()) {
      decoder.decode(encoded, channels, decoded);
      return decoded;
    }
    Placement first = (Placement) edits.get(0);
    int divisor = how == Decoding.SCALED ? first.divisor(encoded.height(), encoded.width()) : 1;
    if (divisor > 1) {
      ReducedPlacement reduced = first.reduced(divisor);
      edits.set(0, reduced);
      decoder.decode(encoded, divisor, reduced.decoded(), channels, decoded);
    } else {
      edits.set(0, first.within(window.get()));
      decoder.decode(encoded, 1, window.get(), channels, decoded);
    }
    return decoded;
  }

  private static boolean moves(Edit edit, Raster image) {
    return edit instanceof ReducedPlacement
        || (edit instanceof Placement placement && !placement.onlyMirrors(image));
  }

  private static Optional<Window> window(EncodedImage encoded, List<Edit> edits) {
    return encoded.decodesWindows() && !edits.isEmpty() && edits.get(0) instanceof Placement first
        ? Optional.of(first.window(encoded.height(), encoded.width()))
        : Optional.empty();
  }

  /** The window of a JPEG that {@link #train} decodes; empty if it decodes the whole file. */
  public Optional<Window> window(String name, byte[] file, CounterRandom sample)
      throws ImageDecodeException {
    EncodedImage encoded = decoder.open(name, file);
    return window(encoded, decide(encoded, preprocessing.training(), sample, View.SHARED));
  }

  /** The edits of a training sample, as {@link #train} decides them. */
  public List<Edit> edits(String name, byte[] file, CounterRandom sample)
      throws ImageDecodeException {
    return decide(decoder.open(name, file), preprocessing.training(), sample, View.SHARED);
  }

  /** The time spent in a stage so far, over all samples. */
  public long nanos(Stage stage) {
    return nanos[stage.ordinal()];
  }

  private long spent(Stage stage, long start) {
    long now = System.nanoTime();
    nanos[stage.ordinal()] += now - start;
    return now;
  }

  private long bytes(EncodedImage image, List<Edit> edits) {
    long bytes = window(image, edits).map(image::decodingBytes).orElseGet(image::decodingBytes);
    int height = image.height();
    int width = image.width();
    for (Edit edit : edits) {
      bytes += preprocessing.channels() * edit.bytes(height, width);
      height = edit.heightAfter(height);
      width = edit.widthAfter(width);
    }
    return bytes;
  }

  /**
   * The edits of the transforms for an image of this size, decided before its pixels are decoded.
   */
  private List<Edit> decide(
      EncodedImage image, List<Transform> transforms, CounterRandom sample, View view)
      throws ImageDecodeException {
    int shared = transforms.size();
    CounterRandom own = view.random(sample);
    int height = image.height();
    int width = image.width();
    List<Edit> edits = new ArrayList<>();
    for (int i = 0; i < shared + view.transforms().size(); i++) {
      Edit edit =
          i < shared
              ? transforms.get(i).decide(height, width, sample.split(i))
              : view.transforms().get(i - shared).decide(height, width, own.split(i));
      int heightAfter = edit.heightAfter(height);
      int widthAfter = edit.widthAfter(width);
      if (!edit.allowed()) {
        throw new ImageDecodeException(
            image.name(),
            String.format(
                Locale.ROOT,
                "%dx%d pixels would become %dx%d",
                width,
                height,
                widthAfter,
                heightAfter));
      }
      edits.add(edit);
      height = heightAfter;
      width = widthAfter;
    }
    if (height != preprocessing.height() || width != preprocessing.width()) {
      throw new ImageDecodeException(
          image.name(),
          String.format(
              Locale.ROOT,
              "expected %dx%d pixels (height x width) after the transforms, got %dx%d",
              preprocessing.height(),
              preprocessing.width(),
              height,
              width));
    }
    return edits;
  }

  @Override
  public void close() {
    decoder.close();
    decoded.close();
    editor.close();
    packer.close();
  }
}
