namespace MailProxy.Store.Imap.Search;

/// <summary>A parsed SEARCH.</summary>
/// <param name="Key">All conditions.</param>
/// <param name="Return">MIN, MAX, ALL, COUNT as asked by RETURN (RFC 4731); null: the plain answer.</param>
/// <param name="UsesModSeq">True when MODSEQ was among the conditions: the answer tells the highest one.</param>
internal sealed record SearchRequest(SearchKey Key, IReadOnlyList<string>? Return, bool UsesModSeq);
