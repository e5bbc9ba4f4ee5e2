package org.convoy.kernels;

import java.util.ArrayList;
import java.util.List;
import org.convoy.graph.GlobalResponseNorm;
import org.convoy.graph.GroupNorm;
import org.convoy.graph.PRelu;
import org.convoy.graph.Shape;
import org.convoy.graph.Softmax;
import org.convoy.graph.Value;

/** Norms of single samples, learned rectifiers and softmax on awkward sizes. */
final class SampleNormCases {
  private SampleNormCases() {}

  static List<Case> all() {
    List<Case> cases = new ArrayList<>();
    groupNorms(cases);
    responseNorms(cases);
    rectifiers(cases);
    softmaxes(cases);
    return cases;
  }

  private static void groupNorms(List<Case> cases) {
    cases.add(Cases.of(3, Shape.of(1, 3, 3), GroupNorm.of(1)));
    cases.add(Cases.of(1, Shape.of(3, 5, 4), GroupNorm.of(3)));
    cases.add(Cases.of(3, Shape.of(13, 4, 5), GroupNorm.of(1)));
    cases.add(Cases.last(1, Shape.of(13, 7, 7), GroupNorm.of(13).plain()));
    cases.add(Cases.of(3, Shape.of(16, 5, 3), GroupNorm.of(4)));
    cases.add(Cases.of(1, Shape.of(17, 3, 3), GroupNorm.of(17)));
    cases.add(Cases.last(3, Shape.of(32, 4, 4), GroupNorm.of(8).plain()));
    cases.add(Cases.of(3, Shape.of(33, 3, 2), GroupNorm.of(11).epsilon(1e-3)));
    cases.add(Cases.of(3, Shape.of(16), GroupNorm.of(4)));
    cases.add(Cases.of(1, Shape.of(33), GroupNorm.of(1)));
    cases.add(Cases.of(3, Shape.of(13, 9), GroupNorm.of(13)));
    cases.add(Cases.of(1, Shape.of(32, 7), GroupNorm.of(2)));
    cases.add(Cases.of(3, Shape.of(6, 3, 4, 2), GroupNorm.of(3)));
    cases.add(Cases.last(1, Shape.of(33, 2, 3, 3), GroupNorm.of(33).plain()));
    Value x = Value.input(Shape.of(3, 6, 6)).conv("conv1", 32, 3).groupNorm("norm1", 4);
    x = x.conv("conv2", 16, 3).instanceNorm("norm2", true).conv("conv3", 3, 1);
    cases.add(Cases.of(3, x, "group norms between convolutions"));
  }

  private static void responseNorms(List<Case> cases) {
    GlobalResponseNorm norm = GlobalResponseNorm.standard();
    cases.add(Cases.of(3, Shape.of(1, 3, 3), norm));
    cases.add(Cases.of(1, Shape.of(3, 5, 4), norm));
    cases.add(Cases.of(3, Shape.of(13, 4, 5), norm));
    cases.add(Cases.of(1, Shape.of(16, 3, 3), norm));
    cases.add(Cases.of(3, Shape.of(17, 1, 1), norm));
    cases.add(Cases.of(1, Shape.of(1, 1, 1), norm));
    cases.add(Cases.of(3, Shape.of(33, 3, 2), new GlobalResponseNorm(0.1)));
    cases.add(Cases.of(3, Shape.of(32), norm));
    cases.add(Cases.of(3, Shape.of(13, 9), norm));
    cases.add(Cases.of(1, Shape.of(3, 3, 4, 2), norm));
    Value x = Value.input(Shape.of(3, 6, 6)).conv("conv1", 32, 3).responseNorm("norm");
    cases.add(Cases.of(3, x.conv("conv2", 3, 1), "response norm between convolutions"));
  }

  private static void rectifiers(List<Case> cases) {
    for (boolean perChannel : new boolean[] {true, false}) {
      PRelu op = PRelu.of(perChannel);
      cases.add(Cases.of(3, Shape.of(1, 3, 3), op));
      cases.add(Cases.of(1, Shape.of(3, 5, 4), op));
      cases.add(Cases.of(3, Shape.of(13, 4, 5), op));
      cases.add(Cases.of(3, Shape.of(16, 3, 3), op));
      cases.add(Cases.of(1, Shape.of(17, 2, 2), op));
      cases.add(Cases.of(3, Shape.of(33), op));
      cases.add(Cases.of(3, Shape.of(32, 9), op));
      cases.add(Cases.of(1, Shape.of(3, 3, 4, 2), op));
      Value x = Value.input(Shape.of(3, 6, 6)).conv("conv1", 32, 3).apply("op", op);
      cases.add(Cases.of(3, x.conv("conv2", 3, 1), op + " between convolutions"));
    }
  }

  private static void softmaxes(List<Case> cases) {
    Softmax op = new Softmax();
    cases.add(Cases.first(3, Shape.of(1, 3, 3), op));
    cases.add(Cases.last(3, Shape.of(3, 5, 4), op));
    cases.add(Cases.first(1, Shape.of(13, 4, 5), op));
    cases.add(Cases.last(3, Shape.of(16, 3, 3), op));
    cases.add(Cases.last(1, Shape.of(17, 2, 2), op));
    cases.add(Cases.last(3, Shape.of(33), op));
    cases.add(Cases.first(3, Shape.of(32, 9), op));
    cases.add(Cases.last(1, Shape.of(3, 3, 4, 2), op));
    cases.add(Cases.last(1, Shape.of(33, 3, 3), op));
  }
}
