/** What is in a model file, as a table and as a picture. Start with {@link org.cryonext.models.inspect.Inspector}. */
package org.cryonext.models.inspect;
