namespace MailProxy.Routing.Moves;

/// <summary>How far a move is. A step is written down before anything of it is done, so the work of the step that stands there may have begun.</summary>
public enum MoveStep
{
    /// <summary>The user is served where they are; most of the mail is copied.</summary>
    Copying,

    /// <summary>The user is on hold; every proxy ends the sessions and says so.</summary>
    Confirming,

    /// <summary>The old store is held too, and the rest of the mail is copied.</summary>
    Freezing,

    /// <summary>The old store is told for good that the user lives elsewhere.</summary>
    Fencing,

    /// <summary>The copy becomes the user's mail at the new store.</summary>
    Activating,

    /// <summary>The route names the new store and the user is served there; what is left is tidying up.</summary>
    Finishing,
}
