namespace MailProxy.EndToEnd.Tests.Dovecot;

/// <summary>Stores that insist on TLS: store-1 by STARTTLS, store-2 from the first octet.</summary>
public sealed class DovecotOverTls : DovecotCluster
{
    private protected override DovecotTls Tls => DovecotTls.Required;
}
