/**
 * Everything that Convoy uses of Spark, including its private classes: a run as a barrier stage,
 * messages to the driver, the live executors, broadcasts, ordinary jobs, and the authentication of
 * connections between executors.
 *
 * <p>{@link org.convoy.driver.spark.SparkCluster} is the driver's side, {@link
 * org.convoy.driver.spark.Place} the side that a task sees. {@link
 * org.convoy.driver.spark.SparkSettings} prepares a configuration before there is a context.
 *
 * <p>The sources are for Spark 3.5 and 4. The few lines that differ are the class {@code
 * Pipelines}, which has a source folder for each of the two.
 *
 * <p>Nothing else in Convoy imports Spark or Scala, except the commands that start a context.
 * Packages that need a cluster define their own interfaces ({@link
 * org.convoy.driver.data.ScanJobs}, {@link org.convoy.driver.exchange.wire.ChannelSecurity}), which
 * this package implements. It does not know models, the meaning of recipes, or training steps.
 */
package org.convoy.driver.spark;
