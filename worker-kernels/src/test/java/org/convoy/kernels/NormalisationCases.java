package org.convoy.kernels;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.convoy.graph.LayerNorm;
import org.convoy.graph.LocalResponseNorm;
import org.convoy.graph.Shape;

/** {@link Cases} of the normalisations beside batch normalisation. */
final class NormalisationCases {
  private NormalisationCases() {}

  static List<Case> all() {
    return Stream.of(layerNorms(), responseNorms()).flatMap(List::stream).toList();
  }

  private static List<Case> layerNorms() {
    List<Case> cases = new ArrayList<>();
    for (LayerNorm op : List.of(LayerNorm.channels(), LayerNorm.sample())) {
      cases.add(Cases.of(3, Shape.of(13), op));
      cases.add(Cases.of(1, Shape.of(64), op));
      cases.add(Cases.of(3, Shape.of(3, 5, 4), op));
      cases.add(Cases.of(1, Shape.of(33, 7, 7), op));
      cases.add(Cases.of(3, Shape.of(16, 4, 5), op));
      cases.add(Cases.of(3, Shape.of(17, 9), op));
      cases.add(Cases.of(1, Shape.of(13, 3, 4, 2), op));
      cases.add(Cases.of(3, Shape.of(13, 2, 3), op.epsilon(0.5)));
    }
    cases.add(Cases.of(3, Shape.of(1, 3, 3), LayerNorm.sample()));
    return cases;
  }

  private static List<Case> responseNorms() {
    LocalResponseNorm strong = new LocalResponseNorm(5, 0.5, 0.75, 2);
    return List.of(
        Cases.first(3, Shape.of(13, 5, 4), LocalResponseNorm.of(5)),
        Cases.first(3, Shape.of(13, 5, 4), strong),
        Cases.last(1, Shape.of(33, 3, 3), strong),
        Cases.last(3, Shape.of(32, 4, 5), strong),
        Cases.first(3, Shape.of(3, 4, 4), strong),
        Cases.first(1, Shape.of(1, 3, 3), strong),
        Cases.last(3, Shape.of(16, 4, 4), new LocalResponseNorm(3, 1, 0.5, 1)),
        Cases.last(3, Shape.of(17, 4, 4), new LocalResponseNorm(7, 0.3, 1, 1)),
        Cases.first(1, Shape.of(13, 4, 4), new LocalResponseNorm(1, 0.3, 2, 0.5)),
        Cases.first(3, Shape.of(13), strong),
        Cases.first(3, Shape.of(17, 9), strong),
        Cases.last(1, Shape.of(13, 2, 3, 4), strong));
  }
}
