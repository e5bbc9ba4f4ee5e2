package org.convoy.driver.search;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import org.convoy.random.SplitMix64;
import org.convoy.settings.RequestException;
import org.convoy.task.Metric;

/**
 * Regularised evolution (Real et al. 2019, "Regularized Evolution for Image Classifier Architecture
 * Search", arXiv 1802.01548, algorithm 1). The first individuals are drawn at random. Each later
 * one is a child of the best of a few that are drawn from the population; it replaces the oldest
 * one, not the worst one. A mutation gives one gene another value.
 *
 * <p>Nothing is tried twice, in contrast to the paper: a child that was there before is mutated
 * once more. All draws follow from the seed and the scores.
 */
final class Evolution {
  /** Draws without a new individual after which the space counts as exhausted. */
  private static final int MOST_DRAWS = 10_000;

  /** Genes with their score. */
  private record Individual(List<Integer> genes, double score) {}

  private final List<Integer> choices;
  private final SearchPlan plan;
  private final Metric yardstick;
  private final Predicate<List<Integer>> allowed;
  private final Deque<Individual> population = new ArrayDeque<>();
  private final Set<List<Integer>> seen = new HashSet<>();
  private long draws;

  /**
   * @param choices the number of values of each gene
   * @param allowed whether genes may be tried
   */
  Evolution(
      List<Integer> choices, SearchPlan plan, Metric yardstick, Predicate<List<Integer>> allowed) {
    this.choices = List.copyOf(choices);
    this.plan = plan;
    this.yardstick = yardstick;
    this.allowed = allowed;
  }

  /**
   * The next genes to try.
   *
   * @throws RequestException if no other genes are found that may be tried
   */
  List<Integer> next() {
    List<Integer> genes = seen.size() < plan.population() ? random() : mutated(parent());
    for (int i = 0; seen.contains(genes) || !allowed.test(genes); i++) {
      if (i == MOST_DRAWS) {
        throw new RequestException(
            String.format(
                Locale.ROOT,
                "--most-multiply-adds: expected more than %d, for after %d networks no other one"
                    + " of the space is found that has so few",
                plan.mostMultiplyAdds(),
                seen.size()));
      }
      genes = seen.size() < plan.population() ? random() : mutated(genes);
    }
    seen.add(genes);
    return genes;
  }

  /** Takes the score of the last genes; they join the population. */
  void add(List<Integer> genes, double score) {
    population.addLast(new Individual(List.copyOf(genes), score));
    if (population.size() > plan.population()) {
      population.removeFirst();
    }
  }

  private List<Integer> random() {
    return choices.stream().map(this::draw).toList();
  }

  private List<Integer> parent() {
    List<Individual> left = new ArrayList<>(population);
    Individual best = left.remove(draw(left.size()));
    for (int i = 1; i < plan.sample() && !left.isEmpty(); i++) {
      Individual other = left.remove(draw(left.size()));
      best = yardstick.better(other.score, best.score) ? other : best;
    }
    return best.genes;
  }

  private List<Integer> mutated(List<Integer> genes) {
    List<Integer> child = new ArrayList<>(genes);
    int gene = draw(choices.size());
    int other = draw(choices.get(gene) - 1);
    child.set(gene, other < genes.get(gene) ? other : other + 1);
    return List.copyOf(child);
  }

  /** A number from 0 to {@code bound}, exclusive. */
  private int draw(int bound) {
    return (int) Math.multiplyHigh(SplitMix64.at(plan.seed(), draws++) >>> 1, (long) bound << 1);
  }
}
