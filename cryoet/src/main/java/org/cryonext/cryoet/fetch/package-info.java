/**
 * Brings SHREC 2020 to this machine from its repository, a Dataverse, and unpacks it. Begin with {@link
 * org.cryonext.cryoet.fetch.ShrecFetch}.
 */
package org.cryonext.cryoet.fetch;
