namespace MailProxy.Store.Engine.Files.Database;

/// <summary>First octet of a garbage key.</summary>
internal enum GarbageKind : byte
{
    /// <summary>A hard link.</summary>
    Link = (byte)'L',

    /// <summary>A deleted mailbox with the messages it still had.</summary>
    Mailbox = (byte)'M',
}
