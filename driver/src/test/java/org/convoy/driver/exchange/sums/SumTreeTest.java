package org.convoy.driver.exchange.sums;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.convoy.driver.exchange.sums.SumTree.Node;
import org.junit.jupiter.api.Test;

class SumTreeTest {

  @Test
  void splitsAtTheLargestPowerOfTwo() {
    assertEquals(1, SumTree.split(2));
    assertEquals(2, SumTree.split(3));
    assertEquals(2, SumTree.split(4));
    assertEquals(4, SumTree.split(5));
    assertEquals(8, SumTree.split(13));
  }

  @Test
  void findsMaximalSubtrees() {
    SumTree tree = new SumTree(8);
    assertEquals(List.of(new Node(0, 8)), tree.maximal(0, 8));
    assertEquals(List.of(new Node(0, 2), new Node(2, 3)), tree.maximal(0, 3));
    assertEquals(List.of(new Node(3, 4), new Node(4, 6)), tree.maximal(3, 6));
    assertEquals(List.of(new Node(4, 7)), new SumTree(7).maximal(4, 7));
  }

  @Test
  void knowsSiblings() {
    SumTree tree = new SumTree(7);
    assertTrue(tree.siblings(new Node(0, 4), new Node(4, 7)));
    assertTrue(tree.siblings(new Node(4, 6), new Node(6, 7)));
    assertFalse(tree.siblings(new Node(2, 4), new Node(4, 6)));
    assertFalse(tree.siblings(new Node(1, 2), new Node(2, 3)));
    assertFalse(tree.siblings(new Node(0, 2), new Node(3, 4)));
  }

  @Test
  void addsEveryCutInTheSameOrder() {
    for (int leaves = 1; leaves <= 21; leaves++) {
      String expected = expression(0, leaves);
      SumTree tree = new SumTree(leaves);
      for (int executors = 1; executors <= leaves; executors++) {
        List<Node> nodes = new ArrayList<>();
        for (int rank = 0; rank < executors; rank++) {
          MicroBatches range = MicroBatches.range(rank, executors, leaves);
          nodes.addAll(tree.maximal(range.from(), range.to()));
        }
        List<Integer> additions = tree.additions(nodes);
        Deque<String> waiting = new ArrayDeque<>();
        for (int i = 0; i < nodes.size(); i++) {
          String sum = expression(nodes.get(i).from(), nodes.get(i).to());
          for (int addition = 0; addition < additions.get(i); addition++) {
            sum = "(" + waiting.pop() + "+" + sum + ")";
          }
          waiting.push(sum);
        }
        String what = leaves + " leaves on " + executors + " executors";
        assertEquals(List.of(expected), List.copyOf(waiting), what);
      }
    }
  }

  private static String expression(int from, int to) {
    if (to - from == 1) {
      return Integer.toString(from);
    }
    int middle = from + SumTree.split(to - from);
    return "(" + expression(from, middle) + "+" + expression(middle, to) + ")";
  }

  @Test
  void sharesMicroBatchesEvenly() {
    int next = 0;
    for (int rank = 0; rank < 5; rank++) {
      MicroBatches range = MicroBatches.range(rank, 5, 13);
      assertEquals(next, range.from());
      assertTrue(range.count() == 2 || range.count() == 3, range.toString());
      next = range.to();
    }
    assertEquals(13, next);
    assertThrows(IllegalArgumentException.class, () -> MicroBatches.range(0, 5, 4));
  }

  @Test
  void cutsChunks() {
    Chunks chunks = new Chunks(5, 27, 4);
    assertEquals(6, chunks.count());
    assertEquals(25, chunks.start(5));
    assertEquals(2, chunks.length(5));
    assertEquals(2, chunks.owner(5, 3));
    for (int executors = 1; executors < 9; executors++) {
      int owned = 0;
      for (int rank = 0; rank < executors; rank++) {
        owned += chunks.owned(rank, executors);
      }
      assertEquals(6, owned);
    }
    assertEquals(0, new Chunks(3, 3, 4).count());
  }
}
