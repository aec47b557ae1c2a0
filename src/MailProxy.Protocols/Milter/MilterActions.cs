namespace MailProxy.Protocols.Milter;

/// <summary>What a milter may do to a message, agreed on at the beginning (libmilter's SMFIF_*).</summary>
[Flags]
public enum MilterActions : uint
{
    /// <summary>Nothing but judge.</summary>
    None = 0,

    /// <summary>Add header fields.</summary>
    AddHeaders = 0x1,

    /// <summary>Replace the body.</summary>
    ChangeBody = 0x2,

    /// <summary>Add recipients.</summary>
    AddRecipients = 0x4,

    /// <summary>Take recipients away.</summary>
    DeleteRecipients = 0x8,

    /// <summary>Change and delete header fields.</summary>
    ChangeHeaders = 0x10,

    /// <summary>Quarantine the message.</summary>
    Quarantine = 0x20,

    /// <summary>Change the envelope sender.</summary>
    ChangeFrom = 0x40,

    /// <summary>Add recipients with parameters of RCPT.</summary>
    AddRecipientsWithParameters = 0x80,

    /// <summary>Say which macros it wants.</summary>
    SetMacros = 0x100,
}
