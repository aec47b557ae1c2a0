namespace MailProxy.Protocols.Milter;

/// <summary>Which steps a milter wants to see, and which it answers (libmilter's SMFIP_*): a set bit takes something away, or allows something.</summary>
[Flags]
public enum MilterSteps : uint
{
    /// <summary>It sees and answers every step.</summary>
    None = 0,

    /// <summary>It does not want the connection.</summary>
    NoConnect = 0x1,

    /// <summary>It does not want HELO.</summary>
    NoHelo = 0x2,

    /// <summary>It does not want MAIL.</summary>
    NoMail = 0x4,

    /// <summary>It does not want RCPT.</summary>
    NoRecipient = 0x8,

    /// <summary>It does not want the body.</summary>
    NoBody = 0x10,

    /// <summary>It does not want header fields.</summary>
    NoHeaders = 0x20,

    /// <summary>It does not want the end of the header.</summary>
    NoEndOfHeaders = 0x40,

    /// <summary>It does not answer header fields.</summary>
    SilentHeaders = 0x80,

    /// <summary>It does not want unknown commands.</summary>
    NoUnknown = 0x100,

    /// <summary>It does not want DATA.</summary>
    NoData = 0x200,

    /// <summary>It may say that it has seen enough of the body.</summary>
    Skip = 0x400,

    /// <summary>It wants recipients too that were refused.</summary>
    RefusedRecipients = 0x800,

    /// <summary>It does not answer the connection.</summary>
    SilentConnect = 0x1000,

    /// <summary>It does not answer HELO.</summary>
    SilentHelo = 0x2000,

    /// <summary>It does not answer MAIL.</summary>
    SilentMail = 0x4000,

    /// <summary>It does not answer RCPT.</summary>
    SilentRecipient = 0x8000,

    /// <summary>It does not answer DATA.</summary>
    SilentData = 0x10000,

    /// <summary>It does not answer unknown commands.</summary>
    SilentUnknown = 0x20000,

    /// <summary>It does not answer the end of the header.</summary>
    SilentEndOfHeaders = 0x40000,

    /// <summary>It does not answer pieces of the body.</summary>
    SilentBody = 0x80000,

    /// <summary>It wants header values with the blank behind the colon, and gives them so.</summary>
    LeadingSpace = 0x100000,
}
