/** The models that are measured, with random weights and images: {@link org.cryonext.bench.model.ModelProgram}. */
package org.cryonext.bench.model;
