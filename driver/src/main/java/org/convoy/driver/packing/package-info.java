/**
 * Copies a data set of any format into tars as WebDataset has them, on the executors of a cluster.
 *
 * <p>{@link org.convoy.driver.packing.Packing} cuts the index of each split into shards of
 * neighbouring samples. A {@code PackTask} writes shards: it reads the samples, scales them down if
 * that was asked for, and renames a shard into place when it is whole. Beside the shards, in the
 * folder {@code .pack}, lie the request and a record of each finished shard. So a second run of the
 * same request writes only what is missing. At the end every shard is read again: its digest is
 * compared with its record, and the labels of all samples with the source.
 *
 * <p>The bytes of a shard follow from the source and the request alone. They depend neither on the
 * number of executors nor on interruptions.
 *
 * <p>Callers: the commands. This package never writes to the source.
 */
package org.convoy.driver.packing;
