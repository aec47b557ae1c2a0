namespace MailProxy.EndToEnd.Tests.Dovecot;

/// <summary>Stores without TLS, as on one trusted network.</summary>
public sealed class DovecotInClear : DovecotCluster
{
    private protected override DovecotTls Tls => DovecotTls.None;
}
