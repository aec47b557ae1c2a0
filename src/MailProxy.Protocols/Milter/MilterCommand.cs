namespace MailProxy.Protocols.Milter;

/// <summary>What an MTA says to a milter; the first octet of its packets (libmilter's SMFIC_*).</summary>
public enum MilterCommand : byte
{
    /// <summary>The transaction ends without a message.</summary>
    Abort = (byte)'A',

    /// <summary>A piece of the body.</summary>
    Body = (byte)'B',

    /// <summary>Who connected.</summary>
    Connect = (byte)'C',

    /// <summary>Macros for the command that follows.</summary>
    Macro = (byte)'D',

    /// <summary>The message is over.</summary>
    EndOfMessage = (byte)'E',

    /// <summary>HELO or EHLO.</summary>
    Helo = (byte)'H',

    /// <summary>A header field.</summary>
    Header = (byte)'L',

    /// <summary>MAIL.</summary>
    Mail = (byte)'M',

    /// <summary>The header is over.</summary>
    EndOfHeaders = (byte)'N',

    /// <summary>What is offered and wanted.</summary>
    Negotiate = (byte)'O',

    /// <summary>The conversation is over.</summary>
    Quit = (byte)'Q',

    /// <summary>RCPT.</summary>
    Recipient = (byte)'R',

    /// <summary>DATA.</summary>
    Data = (byte)'T',
}
