package org.convoy.driver.exchange.sums;

import java.util.ArrayList;
import java.util.List;

/**
 * The canonical binary tree in which the gradients of micro-batches 0 to M-1 are added.
 *
 * <p>A node over n leaves, n &gt; 1, has the largest power of two of leaves less than n in its left
 * child, and the rest in its right child (the shape of the Merkle tree of RFC 6962, section 2.1).
 * Its value is {@code value(left) + value(right)} in float32. The tree depends on M alone. So sums
 * along it have the same bytes, however the leaves are spread over executors.
 *
 * @param leaves M, the number of micro-batches, at least 1
 */
public record SumTree(int leaves) {

  public SumTree {
    if (leaves < 1) {
      throw new IllegalArgumentException("expected at least 1 micro-batch, got " + leaves);
    }
  }

  /** A subtree, named by the leaves {@code from} (included) to {@code to} (left out) under it. */
  public record Node(int from, int to) {}

  /**
   * The largest subtrees that lie completely within a range of leaves, from left to right. Together
   * they cover the range.
   */
  public List<Node> maximal(int from, int to) {
    if (from < 0 || from > to || to > leaves) {
      throw new IllegalArgumentException(
          "expected leaves within 0 to " + leaves + ", got " + from + " to " + to);
    }
    List<Node> found = new ArrayList<>();
    collect(0, leaves, from, to, found);
    return List.copyOf(found);
  }

  private static void collect(int low, int high, int from, int to, List<Node> found) {
    if (high <= from || low >= to) {
      return;
    }
    if (from <= low && high <= to) {
      found.add(new Node(low, high));
      return;
    }
    int middle = low + split(high - low);
    collect(low, middle, from, to, found);
    collect(middle, high, from, to, found);
  }

  /** Whether the two nodes are the left and the right child of one node of this tree. */
  public boolean siblings(Node left, Node right) {
    if (left.to() != right.from()) {
      return false;
    }
    int low = 0;
    int high = leaves;
    while (low <= left.from() && right.to() <= high && high - low > 1) {
      int middle = low + split(high - low);
      if (low == left.from() && middle == left.to() && high == right.to()) {
        return true;
      }
      if (right.to() <= middle) {
        high = middle;
      } else {
        low = middle;
      }
    }
    return false;
  }

  /**
   * How neighbouring nodes are added, in the order of the tree: for each of them the number of
   * additions that follow, once it stands to the right of the sums that wait. Each adds the last
   * two of these. For nodes that cover all leaves, one sum is left.
   *
   * @param nodes neighbouring subtrees, from left to right
   */
  public List<Integer> additions(List<Node> nodes) {
    List<Integer> additions = new ArrayList<>();
    List<Node> stack = new ArrayList<>();
    for (Node node : nodes) {
      stack.add(node);
      int top = stack.size() - 1;
      int count = 0;
      while (top > 0 && siblings(stack.get(top - 1), stack.get(top))) {
        Node right = stack.remove(top);
        top--;
        stack.set(top, new Node(stack.get(top).from(), right.to()));
        count++;
      }
      additions.add(count);
    }
    return List.copyOf(additions);
  }

  /**
   * The number of a node's leaves in its left child: the largest power of two less than {@code n}.
   */
  static int split(int n) {
    return Integer.highestOneBit(n - 1);
  }
}
