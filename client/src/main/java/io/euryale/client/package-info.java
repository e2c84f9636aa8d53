/// Groups for applications in processes of their own: [GroupClient] speaks to a peer on this
/// machine through its Unix domain socket. Depends on nothing but the JDK.
@NullMarked
package io.euryale.client;

import org.jspecify.annotations.NullMarked;
