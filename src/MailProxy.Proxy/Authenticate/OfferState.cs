namespace MailProxy.Proxy.Authenticate;

/// <summary>What decides on a connection what is offered on it.</summary>
[Flags]
internal enum OfferState
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>STARTTLS can be begun.</summary>
    StartTls = 1,

    /// <summary>A password may be sent.</summary>
    MayLogIn = 2,

    /// <summary>Channel binding is possible: the mechanisms that end in <c>-PLUS</c>.</summary>
    CanBind = 4,

    /// <summary>The client's certificate was verified: EXTERNAL.</summary>
    HasCertificate = 8,

    /// <summary>All of them.</summary>
    All = StartTls | MayLogIn | CanBind | HasCertificate,
}
