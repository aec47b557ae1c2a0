namespace MailProxy.Protocols.Smtp;

/// <summary>Which path a command carries.</summary>
public enum SmtpPathKind
{
    /// <summary>MAIL: <c>FROM:</c> and a reverse-path, which may be null.</summary>
    Reverse,

    /// <summary>RCPT: <c>TO:</c> and a forward-path, which may be <c>&lt;Postmaster&gt;</c>.</summary>
    Forward,
}
