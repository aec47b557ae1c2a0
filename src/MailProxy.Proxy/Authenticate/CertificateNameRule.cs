namespace MailProxy.Proxy.Authenticate;

/// <summary>Which name of a client certificate is the user's name.</summary>
public enum CertificateNameRule
{
    /// <summary>An rfc822Name of the subject's alternative names (RFC 5280 4.2.1.6).</summary>
    Email,

    /// <summary>The common name of the subject.</summary>
    Cn,

    /// <summary>The user principal name among the subject's alternative names, as Active Directory writes it.</summary>
    Upn,
}
