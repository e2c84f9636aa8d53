package io.euryale.lab.group;

import io.euryale.kernel.trace.Trace;
import java.util.ArrayList;
import java.util.List;

/// A graph of what comes before what, and the search for a cycle in it: Kahn's algorithm from both
/// ends, linear, then a short cycle in what is left.
final class PrecedenceGraph {

  /// Nodes of the rest from which a short cycle is looked for.
  private static final int STARTS = 64;

  /// One occurrence of a node before another, as the trace shows it.
  record Edge(int from, int to, Trace before, Trace after) {}

  private final List<Edge> edges = new ArrayList<>();
  private int nodes;

  int addNode() {
    return nodes++;
  }

  void addEdge(int from, Trace before, int to, Trace after) {
    edges.add(new Edge(from, to, before, after));
  }

  /// The edges of a cycle, or none when there is no cycle.
  List<Edge> cycle() {
    int[][] next = adjacency(true);
    int[][] previous = adjacency(false);
    boolean[] gone = new boolean[nodes];
    if (peel(next, previous, gone) == nodes) {
      return List.of();
    }
    peel(previous, next, gone);
    List<Edge> shortest = List.of();
    int starts = 0;
    for (int node = 0; node < nodes && starts < STARTS; node++) {
      if (!gone[node]) {
        starts++;
        List<Edge> found = cycleThrough(node, next, gone);
        if (!found.isEmpty() && (shortest.isEmpty() || found.size() < shortest.size())) {
          shortest = found;
        }
      }
    }
    return shortest;
  }

  /// For each node the edges that leave it, or those that reach it.
  private int[][] adjacency(boolean leaving) {
    int[] degree = new int[nodes];
    for (Edge edge : edges) {
      degree[leaving ? edge.from() : edge.to()]++;
    }
    int[][] adjacency = new int[nodes][];
    for (int node = 0; node < nodes; node++) {
      adjacency[node] = new int[degree[node]];
    }
    for (int i = edges.size() - 1; i >= 0; i--) {
      int node = leaving ? edges.get(i).from() : edges.get(i).to();
      adjacency[node][--degree[node]] = i;
    }
    return adjacency;
  }

  /// Takes away nodes that nothing left reaches, again and again.
  ///
  /// @return how many nodes were taken
  private int peel(int[][] forward, int[][] backward, boolean[] gone) {
    int[] open = new int[nodes];
    int[] ready = new int[nodes];
    int count = 0;
    for (int node = 0; node < nodes; node++) {
      for (int edge : backward[node]) {
        if (!gone[other(edge, node)]) {
          open[node]++;
        }
      }
      if (open[node] == 0 && !gone[node]) {
        ready[count++] = node;
      }
    }
    for (int done = 0; done < count; done++) {
      int node = ready[done];
      gone[node] = true;
      for (int edge : forward[node]) {
        int reached = other(edge, node);
        if (!gone[reached] && --open[reached] == 0) {
          ready[count++] = reached;
        }
      }
    }
    return count;
  }

  private int other(int edge, int node) {
    Edge e = edges.get(edge);
    return e.from() == node ? e.to() : e.from();
  }

  /// Breadth first from a node back to itself.
  private List<Edge> cycleThrough(int start, int[][] next, boolean[] gone) {
    Ints queue = new Ints(-1);
    int[] reachedBy = new int[nodes];
    java.util.Arrays.fill(reachedBy, -1);
    queue.add(start);
    for (int done = 0; done < queue.size(); done++) {
      int node = queue.get(done);
      for (int edge : next[node]) {
        int reached = edges.get(edge).to();
        if (reached == start) {
          return back(start, edge, reachedBy);
        }
        if (!gone[reached] && reachedBy[reached] < 0) {
          reachedBy[reached] = edge;
          queue.add(reached);
        }
      }
    }
    return List.of();
  }

  private List<Edge> back(int start, int lastEdge, int[] reachedBy) {
    List<Edge> cycle = new ArrayList<>();
    int at = lastEdge;
    while (true) {
      Edge edge = edges.get(at);
      cycle.addFirst(edge);
      if (edge.from() == start) {
        return cycle;
      }
      at = reachedBy[edge.from()];
    }
  }
}
