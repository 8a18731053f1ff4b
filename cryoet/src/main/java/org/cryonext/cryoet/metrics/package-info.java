/**
 * Scores of a classifier: confusion matrix, accuracy, precision, recall, F1 and their bootstrap intervals. Begin with
 * {@link org.cryonext.cryoet.metrics.Metrics}.
 */
package org.cryonext.cryoet.metrics;
