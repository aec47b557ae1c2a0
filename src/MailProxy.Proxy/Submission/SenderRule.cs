namespace MailProxy.Proxy.Submission;

/// <summary>Which envelope senders a submitter may use. The null sender is always allowed: notifications have no other (RFC 8098 3).</summary>
public enum SenderRule
{
    /// <summary>The user's name, and every address that the directory says is the user's or an alias which the user is behind.</summary>
    Own,

    /// <summary>Any address in the domain of the user's name, and what <see cref="Own"/> allows.</summary>
    OwnDomain,

    /// <summary>Any address.</summary>
    Any,
}
