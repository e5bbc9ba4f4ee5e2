package org.convoy.driver.sweep;

import java.util.ArrayList;
import java.util.List;

/** Which points of a {@link SweepSpace} are tried, and for how long. */
public enum Search {
  /** Every point in order, each for the whole run; of more than were asked for the first ones. */
  GRID,
  /** Points drawn at random, each for the whole run. */
  RANDOM,
  /**
   * Successive halving (Jamieson and Talwalkar 2016): points drawn at random begin with a small
   * part of the run; the better half goes on for twice as long, again and again, and the last two
   * train the whole run. All go by the schedule of the whole run.
   */
  HALVING;

  List<List<String>> points(SweepSpace space, int trials, long seed) {
    return this == GRID
        ? space.grid().subList(0, Math.min(trials, space.size()))
        : space.drawn(trials, seed);
  }

  /**
   * The rounds in order.
   *
   * @param trials of the first round
   */
  List<Round> rounds(int trials) {
    List<Round> rounds = new ArrayList<>();
    rounds.add(new Round(this == HALVING ? Math.min(2, trials) : trials, 1));
    while (rounds.get(0).trials() < trials) {
      Round next = rounds.get(0);
      rounds.add(0, new Round(Math.min(trials, 2 * next.trials()), next.part() / 2));
    }
    return rounds;
  }

  /**
   * A round of trials.
   *
   * @param trials that take part: the best ones of the round before
   * @param part of the whole run that each has made at the round's end
   */
  record Round(int trials, double part) {}
}
