namespace MailProxy.Store.Mime;

/// <summary>How a part of a message is told and numbered (RFC 9051 6.4.5.1).</summary>
internal enum MimeNodeKind
{
    /// <summary>Content without parts.</summary>
    Leaf,

    /// <summary>multipart/*: its children are parts 1, 2, ...</summary>
    Multipart,

    /// <summary>message/rfc822 or message/global: its one child is the message within.</summary>
    Message,
}
