namespace MailProxy.Directory.Sql;

/// <summary>A row that does not fit, on its way from the column to <see cref="SqlAnswers"/>, which makes a fault of it.</summary>
internal sealed class SqlRowException(string message) : Exception(message);
