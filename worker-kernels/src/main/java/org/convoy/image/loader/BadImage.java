package org.convoy.image.loader;

/** An image that was skipped: which, and why. */
public record BadImage(long sampleId, String name, String reason) {}
