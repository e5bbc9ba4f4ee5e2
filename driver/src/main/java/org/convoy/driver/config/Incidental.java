package org.convoy.driver.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a key that cannot change the bytes of the trained weights at a given step: names, places,
 * thread counts, how often to save or to report. {@link Recipe#digest()} leaves these keys out, so
 * that a run can be resumed with other values.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
@interface Incidental {}
