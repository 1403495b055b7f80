package backup

// OpenChecked opens data that may be damaged, with the time that the check may take.
var OpenChecked = openChecked
