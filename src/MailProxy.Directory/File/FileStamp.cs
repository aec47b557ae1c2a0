namespace MailProxy.Directory.File;

/// <summary>Tells versions of a file apart without reading it.</summary>
/// <param name="Written">Its modification time, UTC.</param>
/// <param name="Length">Octets.</param>
internal sealed record FileStamp(DateTime Written, long Length);
