package org.convoy.driver.doctor;

import java.io.Serializable;

/**
 * What every executor is to examine.
 *
 * @param data the location that executors must be able to list or open; empty for none
 * @param output the folder that they must be able to write in; empty for none
 * @param bytes that a rate is measured with
 */
public record Order(String data, String output, int bytes) implements Serializable {}
