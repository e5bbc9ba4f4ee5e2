package org.convoy.image.loader;

/**
 * One labelled image that is not read yet.
 *
 * @param sampleId its number in the data set, which also seeds its augmentation
 * @param name its name in errors and logs
 * @param label its class, from 0
 * @param bytes its file
 */
public record ImageSource(long sampleId, String name, int label, ByteSource bytes) {}
