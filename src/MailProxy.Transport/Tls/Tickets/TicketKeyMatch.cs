namespace MailProxy.Transport.Tls.Tickets;

/// <summary>Whose key a ticket was sealed with.</summary>
internal enum TicketKeyMatch
{
    /// <summary>Nobody's here: a full handshake.</summary>
    Unknown,

    /// <summary>The key that seals now.</summary>
    Current,

    /// <summary>One from before a rotation: the session resumes and gets a new ticket.</summary>
    Former,
}
