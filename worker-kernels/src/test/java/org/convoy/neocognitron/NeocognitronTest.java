package org.convoy.neocognitron;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The paper's experiment: five digits, learned without labels, recognised wherever they are. */
final class NeocognitronTest {
  private static final int SIDE = 16;
  private static final int ROUNDS = 20;

  private static final String[][] DIGITS = {
    {" #### ", "#    #", "#    #", "#    #", "#    #", "#    #", "#    #", " #### "},
    {"  #   ", " ##   ", "  #   ", "  #   ", "  #   ", "  #   ", "  #   ", " ###  "},
    {" #### ", "#    #", "     #", "    # ", "   #  ", "  #   ", " #    ", "######"},
    {"##### ", "     #", "     #", " #### ", "     #", "     #", "     #", "##### "},
    {"    # ", "   ## ", "  # # ", " #  # ", "######", "    # ", "    # ", "    # "},
  };

  private static double[] digit(int number, int down, int right) {
    double[] pattern = new double[SIDE * SIDE];
    for (int y = 0; y < DIGITS[number].length; y++) {
      for (int x = 0; x < DIGITS[number][y].length(); x++) {
        boolean ink = DIGITS[number][y].charAt(x) == '#';
        pattern[(4 + down + y) * SIDE + 5 + right + x] = ink ? 1 : 0;
      }
    }
    return pattern;
  }

  private static Neocognitron trained(long seed) {
    List<double[]> patterns = new ArrayList<>();
    for (int number = 0; number < DIGITS.length; number++) {
      patterns.add(digit(number, 0, 0));
    }
    Neocognitron network = Neocognitron.standard(seed);
    network.learn(patterns, ROUNDS);
    return network;
  }

  @Test
  void eachDigitHasItsOwnCellWhereverItIs() {
    Neocognitron network = trained(1);
    Set<Integer> winners = new HashSet<>();
    int right = 0;
    int shifted = 0;
    for (int number = 0; number < DIGITS.length; number++) {
      int own = network.winner(digit(number, 0, 0));
      assertTrue(own >= 0, "a digit that no cell responds to: " + number);
      winners.add(own);
      for (int down = -2; down <= 2; down++) {
        for (int along = -2; along <= 2; along++) {
          right += network.winner(digit(number, down, along)) == own ? 1 : 0;
          shifted++;
        }
      }
    }
    assertEquals(DIGITS.length, winners.size(), winners::toString);
    assertTrue(right >= 0.9 * shifted, right + " of " + shifted);
  }

  @Test
  void theSeedDecidesAndNothingElse() {
    assertArrayEquals(trained(2).respond(digit(3, 1, 0)), trained(2).respond(digit(3, 1, 0)));
  }

  @Test
  void nothingIsSeenWhereNothingIs() {
    assertEquals(-1, trained(1).winner(new double[SIDE * SIDE]));
    double[] outputs = Neocognitron.standard(1).respond(digit(0, 0, 0));
    assertTrue(Arrays.stream(outputs).allMatch(output -> output >= 0 && output < 1));
  }

  @Test
  void whatDoesNotFitIsRefused() {
    Stage half = new Stage(2, 2, 1, 1);
    assertThrows(IllegalArgumentException.class, () -> new Neocognitron(16, List.of(half), 1));
    assertThrows(IllegalArgumentException.class, () -> new Neocognitron(3, List.of(half), 1));
    assertThrows(IllegalArgumentException.class, () -> new Stage(0, 1, 1, 1));
    assertThrows(
        IllegalArgumentException.class, () -> Neocognitron.standard(1).respond(new double[9]));
  }
}
