using MailProxy.Transport.Linux.Native;

namespace MailProxy.Transport.Linux.Tls;

/// <summary>A server's ticket.</summary>
/// <param name="Ticket">OpenSSL's.</param>
/// <param name="VerifiedAt">When the certificate that stands behind it was verified, perhaps some resumptions ago; Unix seconds.</param>
/// <param name="GoodUntil">Unix seconds.</param>
/// <param name="IsForOneUse">TLS 1.3: a ticket that is used twice tells an observer who is who (RFC 8446 C.4).</param>
internal sealed record KeptTicket(SafeSslTicket Ticket, long VerifiedAt, long GoodUntil, bool IsForOneUse);
