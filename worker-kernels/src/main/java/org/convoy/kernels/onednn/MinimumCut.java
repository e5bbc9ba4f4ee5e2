package org.convoy.kernels.onednn;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * Labels nodes with one of two labels so that the sum of costs is least: a cost of each node's own
 * label, and a cost of each pair whose labels differ. That is a minimum cut between two more nodes,
 * one a label (Greig, Porteous and Seheult 1989), found by shortest augmenting paths (Edmonds and
 * Karp 1972).
 */
final class MinimumCut {
  private record Edge(int to, int back) {}

  private final int nodes;
  private final List<List<Edge>> edges = new ArrayList<>();
  private final List<double[]> room = new ArrayList<>();
  private double smallest;

  MinimumCut(int nodes) {
    this.nodes = nodes;
    for (int i = 0; i < nodes + 2; i++) {
      edges.add(new ArrayList<>());
    }
  }

  /** What each of its two labels costs a node. */
  void label(int node, double first, double second) {
    // A node that is cut off from the first label's node takes the second label and its cost.
    connect(nodes, node, second, 0);
    connect(node, nodes + 1, first, 0);
  }

  /** What it costs if two nodes' labels differ. */
  void pair(int one, int other, double cost) {
    connect(one, other, cost, cost);
  }

  private void connect(int from, int to, double there, double back) {
    int index = room.size();
    room.add(new double[] {there});
    room.add(new double[] {back});
    edges.get(from).add(new Edge(to, index));
    edges.get(to).add(new Edge(from, index + 1));
    smallest = Math.max(smallest, Math.max(there, back));
  }

  /** Whether each node takes its second label. */
  boolean[] second() {
    double least = smallest * 1e-12;
    int[] via = new int[nodes + 2];
    int[] parent = new int[nodes + 2];
    while (reach(via, parent, least)[nodes + 1]) {
      double flow = Double.POSITIVE_INFINITY;
      for (int at = nodes + 1; at != nodes; at = parent[at]) {
        flow = Math.min(flow, room.get(via[at])[0]);
      }
      for (int at = nodes + 1; at != nodes; at = parent[at]) {
        room.get(via[at])[0] -= flow;
        room.get(via[at] ^ 1)[0] += flow;
      }
    }
    boolean[] reached = reach(via, parent, least);
    boolean[] second = new boolean[nodes];
    for (int i = 0; i < nodes; i++) {
      second[i] = !reached[i];
    }
    return second;
  }

  private boolean[] reach(int[] via, int[] parent, double least) {
    boolean[] seen = new boolean[nodes + 2];
    Arrays.fill(parent, -1);
    Deque<Integer> waiting = new ArrayDeque<>(List.of(nodes));
    seen[nodes] = true;
    while (!waiting.isEmpty()) {
      int at = waiting.remove();
      for (Edge edge : edges.get(at)) {
        if (!seen[edge.to()] && room.get(edge.back())[0] > least) {
          seen[edge.to()] = true;
          parent[edge.to()] = at;
          via[edge.to()] = edge.back();
          waiting.add(edge.to());
        }
      }
    }
    return seen;
  }
}
