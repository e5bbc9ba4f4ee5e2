package org.convoy.driver.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.convoy.image.shapes.ShapesGenerator;
import org.convoy.image.shapes.ShapesSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FoldsTest {
  private static final int PER_CLASS = 7;

  @Test
  void everySampleIsHeldOutOnceAndEveryClassIsSpreadEvenly(@TempDir Path folder) throws Exception {
    new ShapesGenerator(new ShapesSettings(PER_CLASS, 1, 16, 5)).write(folder.resolve("shapes"));
    Configuration hadoop = new Configuration();
    DataSplit split = DataSet.at(folder.resolve("shapes").toString(), hadoop).split("train");
    SampleIndex index = SampleIndexer.local(hadoop).index(split);
    List<String> heldOut = new ArrayList<>();
    for (int fold = 1; fold <= 3; fold++) {
      Folds folds = Folds.of(index, 3, fold, 1);
      List<String> inside = names(folds.validation());
      heldOut.addAll(inside);
      TreeSet<String> both = new TreeSet<>(inside);
      both.addAll(names(folds.training()));
      assertEquals(new TreeSet<>(names(index)), both);
      assertEquals(index.count(), folds.training().count() + inside.size());
      assertEquals(index.classes(), folds.validation().classes());
      int[] held = new int[index.classes().size()];
      IntStream.of(folds.validation().labels()).forEach(label -> held[label]++);
      assertTrue(IntStream.of(held).allMatch(count -> count == 2 || count == 3), "fold " + fold);
      for (int sample = 0; sample < folds.validation().count(); sample++) {
        int before = names(index).indexOf(folds.validation().describe(sample));
        assertEquals(index.uri(before), folds.validation().uri(sample));
        assertEquals(index.length(before), folds.validation().length(sample));
        assertEquals(index.label(before), folds.validation().label(sample));
      }
    }
    assertEquals(index.count(), heldOut.size());
    assertEquals(new TreeSet<>(names(index)), new TreeSet<>(heldOut));
    assertEquals(names(Folds.of(index, 3, 1, 1).validation()), heldOut.subList(0, heldOut(index)));
    assertNotEquals(
        names(Folds.of(index, 3, 1, 1).validation()), names(Folds.of(index, 3, 1, 2).validation()));
  }

  private static int heldOut(SampleIndex index) {
    return Folds.of(index, 3, 1, 1).validation().count();
  }

  private static List<String> names(SampleIndex index) {
    return IntStream.range(0, index.count()).mapToObj(index::describe).toList();
  }
}
