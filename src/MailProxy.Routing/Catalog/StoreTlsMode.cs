namespace MailProxy.Routing.Catalog;

/// <summary>How the leg to a store is encrypted; meta key <c>tls</c> = <c>none</c>, <c>starttls</c> or <c>implicit</c>.</summary>
public enum StoreTlsMode
{
    /// <summary>In clear: only for networks the operator trusts.</summary>
    None,

    /// <summary>STARTTLS/STLS required on each port (the <c>imaps</c>/<c>pop3s</c> ports are used with implicit TLS where given).</summary>
    StartTls,

    /// <summary>TLS from the first octet on every port.</summary>
    Implicit,
}
