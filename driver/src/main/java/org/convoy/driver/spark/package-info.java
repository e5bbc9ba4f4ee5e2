/**
 * All that Convoy knows of Spark, its private classes included: a run as a barrier stage, messages
 * to the driver, the executors that are alive, broadcasts, ordinary jobs, and the authentication of
 * connections between executors.
 *
 * <p>{@link org.convoy.driver.spark.SparkCluster} is the driver's end, {@link
 * org.convoy.driver.spark.Place} what a task sees of it. {@link
 * org.convoy.driver.spark.SparkSettings} prepares a configuration before there is a context.
 *
 * <p>Nothing else in Convoy imports Spark or Scala, but for the commands that start a context. The
 * rooms that need something of a cluster say what in interfaces of their own ({@link
 * org.convoy.driver.data.ScanJobs}, {@link org.convoy.driver.exchange.wire.ChannelSecurity}), which
 * this room implements. It knows no model, no recipe's meaning and no step of training.
 */
package org.convoy.driver.spark;
