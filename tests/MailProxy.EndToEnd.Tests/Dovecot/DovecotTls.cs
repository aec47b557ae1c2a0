namespace MailProxy.EndToEnd.Tests.Dovecot;

/// <summary>How the Dovecots of a cluster want to be spoken to.</summary>
internal enum DovecotTls
{
    /// <summary>In clear.</summary>
    None,

    /// <summary>STARTTLS on the plain ports; TLS from the first octet on those that are registered for it.</summary>
    Required,
}
