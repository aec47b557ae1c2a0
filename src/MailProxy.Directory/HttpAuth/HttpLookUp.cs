namespace MailProxy.Directory.HttpAuth;

/// <summary>How an address is looked up, for MX and LMTP.</summary>
public enum HttpLookUp
{
    /// <summary>The service is not asked: every address of the domains is taken to be a user, and the store says at RCPT whether it is one.</summary>
    None,

    /// <summary>The service is asked with <c>Auth-Method: none</c>, as nginx does for SMTP without login.</summary>
    Auth,
}
