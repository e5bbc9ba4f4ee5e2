package org.convoy.driver.data;

/** The samples of an epoch in their order, lane by lane. Thread-safe. */
interface EpochOrder {

  /** The sample at a place. */
  int sample(int place);

  /** How often the sample at a place stands at an earlier place. */
  int earlier(int place);
}
