package org.convoy.image.loader;

/**
 * One labelled image that is still to be read.
 *
 * @param sampleId its number in the data set; its augmentation is drawn by it
 * @param name what to call it in errors and logs
 * @param label its class, from 0
 * @param bytes its file
 */
public record ImageSource(long sampleId, String name, int label, ByteSource bytes) {}
