namespace MailProxy.Store.Access;

/// <summary>How a SASL message was judged.</summary>
public enum AccessOutcome
{
    /// <summary>The peer may act as the user.</summary>
    Granted,

    /// <summary>Wrong credentials, no user named, or a peer that may not act for users.</summary>
    Refused,

    /// <summary>The message is none of the mechanism.</summary>
    Malformed,

    /// <summary>The mechanism is not offered on this connection.</summary>
    NotOffered,

    /// <summary>The store cannot say now; it is told as a temporary failure.</summary>
    Unavailable,
}
