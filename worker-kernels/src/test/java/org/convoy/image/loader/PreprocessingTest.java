package org.convoy.image.loader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import org.convoy.image.Golden;
import org.convoy.image.Sha256;
import org.convoy.image.SharedData;
import org.convoy.image.codec.ImageDecodeException;
import org.convoy.image.transform.Augmentations;
import org.convoy.image.transform.CounterRandom;
import org.convoy.image.transform.Normalisation;
import org.convoy.image.transform.Preprocessing;
import org.junit.jupiter.api.Test;

class PreprocessingTest {
  private static Preprocessing imagenet() {
    return Preprocessing.named("resized-crop-flip", "imagenet", 3, 224, 224);
  }

  @Test
  void everyPolicySurvivesJson() throws IOException {
    for (String augmentation : Augmentations.names()) {
      for (String normalisation : Normalisation.names()) {
        for (int channels : new int[] {1, 3}) {
          Preprocessing made = Preprocessing.named(augmentation, normalisation, channels, 48, 32);
          String text = made.toJson().toPrettyString();
          assertEquals(made, Preprocessing.fromJson(new ObjectMapper().readTree(text)), text);
        }
      }
    }
  }

  @Test
  void jsonReadsLikeTheRecord() {
    assertEquals(
        "{\"channels\":3,\"height\":224,\"width\":224,\"training\":[],\"evaluation\":["
            + "{\"transform\":\"resize\",\"size\":256},"
            + "{\"transform\":\"center-crop\",\"size\":[224,224]}],"
            + "\"normalisation\":{\"mean\":[0.485,0.456,0.406],\"std\":[0.229,0.224,0.225]}}",
        imagenet().evaluationOnly().toJson().toString());
    assertEquals(
        "{\"transform\":\"random-resized-crop\",\"size\":[224,224],\"area\":[0.08,1.0],"
            + "\"aspect\":[0.75,1.3333333333333333]}",
        imagenet().toJson().get("training").get(0).toString());
  }

  @Test
  void filesOfEarlierVersionsAreRead() throws IOException {
    String saved =
        "{\"channels\":3,\"height\":224,\"width\":224,\"training\":[{\"transform\":"
            + "\"random-resized-crop\",\"height\":224,\"width\":224,\"min-scale\":0.08,"
            + "\"max-scale\":1.0,\"min-ratio\":0.75,\"max-ratio\":1.3333333333333333},"
            + "{\"transform\":\"horizontal-flip\",\"probability\":0.5}],"
            + "\"evaluation\":[{\"transform\":\"resize\",\"shorter-side\":256},"
            + "{\"transform\":\"center-crop\",\"height\":224,\"width\":224}],"
            + "\"normalisation\":{\"mean\":[0.485,0.456,0.406],\"std\":[0.229,0.224,0.225]}}";
    assertEquals(imagenet(), Preprocessing.fromJson(new ObjectMapper().readTree(saved)));
  }

  @Test
  void wrongJsonIsNamed() {
    ObjectNode tree = imagenet().toJson();
    assertWrong("gamma", tree.deepCopy().put("gamma", 1));
    assertWrong("width", tree.deepCopy().without("width"));
    ObjectNode strange = tree.deepCopy();
    ((ObjectNode) strange.get("evaluation").get(0)).put("transform", "java.lang.Runtime");
    assertWrong("java.lang.Runtime", strange);
    ObjectNode negative = tree.deepCopy();
    ((ObjectNode) negative.get("evaluation").get(0)).put("size", -1);
    assertWrong("size: expected a whole number from 1 to 16384, got -1", negative);
    ObjectNode random = tree.deepCopy();
    random.set("evaluation", tree.get("training"));
    assertWrong("evaluation must not draw at random", random);
  }

  private static void assertWrong(String part, ObjectNode tree) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> Preprocessing.fromJson(tree)).toString();
    assertTrue(message.contains(part), message);
  }

  @Test
  void unknownNamesListTheKnown() {
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> Preprocessing.named("mixup", "imagenet", 3, 8, 8))
            .getMessage();
    assertEquals(
        "unknown augmentation \"mixup\"; known: [none, pad-crop-flip, resized-crop-flip]", message);
    assertThrows(IllegalArgumentException.class, () -> Normalisation.named("cifar", 3));
    assertThrows(IllegalArgumentException.class, () -> Normalisation.named("none", 2));
    assertThrows(
        IllegalArgumentException.class,
        () -> new Preprocessing(3, 8, 8, List.of(), List.of(), Normalisation.named("none", 1)));
    assertThrows(IllegalArgumentException.class, () -> new Normalisation(List.of(0f), List.of(0f)));
  }

  @Test
  void evaluationEqualsTorchvisionOnPillow() throws Exception {
    var expected = Golden.tree().get("imagenet");
    var files = SharedData.firstFiles(SharedData.requireTar("imagenet-250.tar"), expected.size());
    float[] out = new float[3 * 224 * 224];
    try (Preprocessor preprocessor =
        new Preprocessor(Preprocessing.named("resized-crop-flip", "none", 3, 224, 224))) {
      for (var file : files.entrySet()) {
        preprocessor.evaluate(file.getKey(), file.getValue(), out, 0);
        assertEquals(
            expected.get(file.getKey()).textValue(), Sha256.ofPixels(out, 3), file.getKey());
      }
    }
  }

  @Test
  void normalisesInTorchsOrder() throws Exception {
    byte[] file = Golden.fixture("colour.jpg");
    Preprocessing plain =
        new Preprocessing(3, 13, 18, List.of(), List.of(), Normalisation.named("none", 3));
    Preprocessing shifted =
        new Preprocessing(3, 13, 18, List.of(), List.of(), Normalisation.named("imagenet", 3));
    float[] bare = new float[plain.floatsPerImage()];
    float[] normalised = new float[plain.floatsPerImage() + 2];
    try (Preprocessor one = new Preprocessor(plain);
        Preprocessor other = new Preprocessor(shifted)) {
      one.evaluate("it", file, bare, 0);
      other.evaluate("it", file, normalised, 1);
    }
    int plane = 13 * 18;
    byte[] rgb = Golden.bytes(Golden.tree().get("decode").get("colour.jpg").get("rgb"));
    for (int i = 0; i < plane; i++) {
      assertEquals((rgb[3 * i + 2] & 0xff) / 255f, bare[2 * plane + i]);
      assertEquals((bare[plane + i] - 0.456f) / 0.224f, normalised[1 + plane + i]);
    }
    assertEquals(0, normalised[0]);
    assertEquals(0, normalised[normalised.length - 1]);
  }

  /** These pixels are part of every run's result: a change here changes what old seeds give. */
  @Test
  void augmentationStaysTheSame() throws Exception {
    assertEquals(
        "a960e5d91a5ddca05d7d7457188cf37001dbc1d8bcb5a3783d7df5de1427d172",
        augmented("pad-crop-flip"));
    assertEquals(
        "69abada101f668e91b456c27d12d6335dd0c1e1414293541b2e42e79a2961008",
        augmented("resized-crop-flip"));
  }

  private static String augmented(String policy) throws Exception {
    Preprocessing preprocessing = Preprocessing.named(policy, "none", 3, 24, 20);
    byte[] file = Golden.fixture("colour.jpg");
    int floats = preprocessing.floatsPerImage();
    float[] out = new float[floats];
    byte[] bytes = new byte[50 * floats];
    try (Preprocessor preprocessor = new Preprocessor(preprocessing)) {
      for (int sample = 0; sample < 50; sample++) {
        preprocessor.train("it", file, CounterRandom.forSample(1, 2, sample), out, 0);
        for (int i = 0; i < floats; i++) {
          bytes[sample * floats + i] = (byte) Math.round(out[i] * 255f);
        }
      }
    }
    return Sha256.of(bytes);
  }

  @Test
  void aGreyNetworkSeesOnePlane() throws Exception {
    Preprocessing grey = Preprocessing.named("pad-crop-flip", "half", 1, 28, 28);
    float[] out = new float[28 * 28];
    try (Preprocessor preprocessor = new Preprocessor(grey)) {
      preprocessor.evaluate("it", Golden.fixture("grey.jpg"), out, 0);
      float[] first = out.clone();
      preprocessor.train(
          "it", Golden.fixture("grey.jpg"), CounterRandom.forSample(1, 0, 4), out, 0);
      assertFalse(java.util.Arrays.equals(first, out));
    }
    for (float value : out) {
      assertTrue(value >= -1 && value <= 1);
    }
  }

  @Test
  void anImageOfTheWrongSizeIsBad() throws Exception {
    Preprocessing bare =
        new Preprocessing(3, 32, 32, List.of(), List.of(), Normalisation.named("none", 3));
    byte[] file = Golden.fixture("colour.jpg");
    try (Preprocessor preprocessor = new Preprocessor(bare)) {
      ImageDecodeException refusal =
          assertThrows(
              ImageDecodeException.class,
              () -> preprocessor.evaluate("it", file, new float[bare.floatsPerImage()], 0));
      assertEquals(
          "expected 32x32 pixels (height x width) after the transforms, got 13x18",
          refusal.reason());
    }
  }
}
