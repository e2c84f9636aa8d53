/// Key files of peers, sensors and clients, and the small authority that makes them.
///
/// A directory of keys is flat. A process needs three files of it
/// ([io.euryale.platform.keys.KeyFiles]):
///
/// - `NAME.key`: its private key, PKCS#8 in PEM, not encrypted, for its owner only;
/// - `NAME.crt`: its certificate in PEM, followed by those of intermediate authorities, if any;
/// - `ca.crt`: the certificates of the authorities it trusts, in PEM; two while they change.
///
/// [io.euryale.platform.keys.CertificateAuthority] also has `ca.key`. The names a certificate
/// stands for are the DNS names of its subject alternative names, or the common name of its subject
/// when there are none. Every X.509 authority can make such files;
/// [io.euryale.platform.keys.Der] exists because the JDK reads certificates and writes none.
@NullMarked
package io.euryale.platform.keys;

import org.jspecify.annotations.NullMarked;
