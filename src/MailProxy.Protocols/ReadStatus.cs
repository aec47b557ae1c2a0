namespace MailProxy.Protocols;

/// <summary>What a grammar function can say about the bytes it was shown. It never throws for what came from the wire.</summary>
public enum ReadStatus
{
    /// <summary>A whole element was read; the out parameters are valid.</summary>
    Done,

    /// <summary>The bytes are a valid beginning; call again with the same bytes and more behind them.</summary>
    NeedMore,

    /// <summary>No continuation can make these bytes valid.</summary>
    Malformed,

    /// <summary>The element is longer than the limit that the caller gave.</summary>
    TooLong,
}
